"""Known names: tags added to links, link shorteners, and hosts that do nothing but count readers of mails.

Our own list, by use and not by vendor; the rules of `trackers` find most others by their shape.
"""

import re


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Tags that say which campaign, mail or person a visit comes from. A final * stands for any ending.
TAGS = _names(
    """
    _ri_ eih __hs* __s _branch_match_id _branch_referrer _bta_* _gl _hsenc _hsfp _hsmi _ke _kx _openstat at_* awc awt_a awt_l
    bsft_* ceid cid_mail cjevent ck_subscriber_id cm_mmc cmpid contact_hash dclid dm_i dm_t ef_id elq* email_hash
    emailmd5 emailmd5lower emci emdi envelope_id epik fb_action_ids fb_action_types fb_ref fb_source fbclid ga_*
    gad_campaignid gad_source gbraid gclid gclsrc guc_* guce_* hmb_campaign hsa_* hsctatracking icid igsh igshid
    invite-opened irclickid irgwc li_fat_id mailing_id matomo_* mc_cid mc_eid mc_tc mi_ecmp mi_u mkt_tok mkwid
    ml_subscriber ml_subscriber_hash msclkid mtm_* ncid nl_id nr_email_referer oly_* piwik_* pk_* rb_clickid
    recipient_id rtid s_cid s_kwcid sccid scid sfmc_* sib_id spm subscriber_hash sv_cid trk trk_* trkid trkinfo ttclid
    twclid utm_* utmid vero_* vgo_ee wbraid wickedid wt_* wtrid xtor xtref yclid ysclid zanpid
    """
)
TAG_BEGINNINGS = tuple(sorted(tag[:-1] for tag in TAGS if tag.endswith("*")))

# Tags that only mean something on their own site: who shared this video or this song.
TAGS_BY_HOST = {
    "youtube.com": {"si", "feature", "pp", "embeds_referring_euri"},
    "youtu.be": {"si", "feature"},
    "spotify.com": {"si", "nd"},
    "x.com": {"s", "t", "ref_src"},
    "twitter.com": {"s", "t", "ref_src"},
    "tiktok.com": {"_t", "_r", "is_from_webapp"},
    "facebook.com": {"ref", "__cft__", "__tn__", "mibextid", "rdid"},
    "linkedin.com": {"trackingid", "refid", "lipi", "midtoken", "midsig"},
}

# One hop more, which counts and may change its aim after it was printed.
SHORTENERS = _names(
    """
    0rz.tw 1url.com 2no.co adf.ly amzn.eu amzn.to apple.co b.link bit.do bit.ly bitly.com bl.ink buff.ly chilp.it
    clck.ru cli.re clicky.me cutt.ly cutt.us db.tt dlvr.it fb.me fbook.cc ff.im flip.it frama.link g.co git.io goo.gl
    hubs.la hubs.ly huit.re hyperurl.co ift.tt is.gd j.mp kutt.it lc.chat lnk.to lnkd.in lstu.fr mailchi.mp mcaf.ee
    mz.cm n9.cl ouo.io ow.ly page.link pca.st pse.is qr.ae qr.codes qr.net qrco.de r.mtdv.me rb.gy rebrand.ly reurl.cc
    rlu.ru s.id s2r.co safelinks.protection.outlook.com shar.es short.gy short.io shorte.st shorturl.at smarturl.it
    snip.link snip.ly soo.gd spoti.fi spr.ly sptfy.com surl.li t.co t.ly t1p.de t2m.io tiny.cc tiny.one tinyurl.com
    tr.im trib.al u.to urlr.me urly.it urlz.fr v.gd v.ht vk.cc wp.me x.gd xurl.es y2u.be yep.it zpr.io
    """
)

# Hosts of services that send mail, whose links and pictures count the reader before they show anything.
TRACKING_HOSTS = _names(
    """
    adtriba.com egain.cloud frontapp.com plusgrade.com formspro.microsoft.com 2o7.net actito.be actito.com activehosted.com actonsoftware.com adsafeprotected.com amxe.net apptivo.com
    autopilotmail.io aweber-mail.com aweber.com awstrack.me benchmarkemail.com bentonow.com bixel.io bl-1.com
    bluecore.com bluekai.com bmetrack.com boxbe.com bp05.net bp06.net brevosend.com buzzstream.com campaignmonitor.com
    canarymail.io cccampaigns.net churnzero.net cirrusinsight.com cloudmagic.com confirmsubscription.com
    connequitymailer.com contactmonkey.com cp20.com createsend.com criticalimpact.com crmf.jp cstrk.net cuenote.jp
    customeriomail.com cyberimpact.com d.turn.com datacandy.com demdex.net dmtrk.net dolist.net dotdigital-pages.com
    dotomi.com doubleclick.net driftem.com dripemail2.com dynect.net e2ma.net ebayadservices.com ebsta.com edt02.net
    edt03.net efeedbacktrk.com elaine-asp.de eloqua.com email81.com emailstrategie.com emailtracker.website
    emarsys.com emarsys.net ematracker.com emltrk.com emsecure.net emv2.com emv3.com en25.com envoke.com eoapxl.com
    epidm.edgesuite.net esputnik.com exacttarget.com experian-cheetahmail.com exponea.com ezsrv.net formirror.com
    freshmail.com ftrans03.com fzlnk.com getblueshift.com getmailspring.com getnotify.com getresponse-mail.com
    getsidekick.com gmass.co gmelius.com gml.email gmtrack.net google-analytics.com googleadservices.com
    googletagmanager.com govdelivery.com gqco.net greenmail.co.in growthdot.com hs-sales-engage.com hsms06.com
    hubspotemail.net hubspotfree.net hubspotlinksfree.com icptrack.com igodigital.com informz.net infusion-links.com
    infusionsoft.com intercom-mail.com inthemoon.com inxmail.com inxserver.com is-tracking-pixel-api-prod.appspot.com
    klaviyomail.com krxd.net launchbit.com ltrk.io m-pages.com mailbutler.io mailcampaigns.nl mailcastr.com
    mailchimpapp.net mailcoral.com mailerlite.com mailfoogae.appspot.com mailgun.org mailify.com mailinifinity.com
    mailjet.com mailkitapp.com maillist-manage.com maillist-manage.eu mailspring.com mailstat.us mailtag.io
    mailtrack.io mailtrk.com mailzter.in mandrillapp.com marketo.com mdrctr.com meltwater.com
    message-business.com mixmax.com mixpanel.com mjt.lu mkt-link.com mktdns.com mltrk.io mmstat.com movable-ink.com
    mp-newsletter.com mpse.jp msgfocus.com mslai.net msstnu.com my-email-signature.link netecart.com nethunt.com
    newsletter2go.com notifs.email np6.com np6.eu nylas.com omeclk.com omnisend.com omtrdc.net onelink.me
    openbracket.co openedlog.bdash-cloud.com opicle.com optimove.net outmaster.co outrch.com outreach.io pardot.com
    paypal-communication.com pippio.com pixel.watch polymail.io prolificmail.com prosperworks.com pstmrk.it
    px1.bandsintown.com realtime.email relateiq.com replycal.com replymsg.com responder.co.il returnpath.net
    rjmetrics.com rs6.net rule.io s-clk.com sailthru.com salesforceiq.com saleshandy.com salesloft.com sarbacane.com
    secureclick.net selligent.com senders.email sendgrid.com sendgrid.net sendibtd.com sendibw.com sendinblue.com
    sendpul.se sendsmaily.net shoutout.wix.com sidekickopen01.com signl.live simplycast.com sjv.io slgnt.eu slgnt.us
    smore.com smtpsendmail.com spgo.io splio.com spread-mail.com squarespace-mail.com stat-pulse.com strongview.com
    superhuman.com syntricate.com.au t.signauxdeux.com taguchimail.com thetopinbox.com thunderhead.com
    tinyletterapp.com toutapp.com trackapp.io trackedlink.net trellomail.com trk-2.net trk.email trkn.us vinlens.com
    vpdae.com wcrm.io webtrekk.net wildapricot.com xg4ken.com xpostmail.com yamm-track.appspot.com yesware.com
    ymlp.com ympxl.com zen.sr zmailer.net zohoinsights-crm.com
    """
)

# The same, in numbered series: cmail19.com, klclick3.com, t.strk01.email.
TRACKING_SERIES = re.compile(
    r"(?:^|\.)(?:(?:acemln[a-z]?|agle|autopilotmail|bm|cloudhq-mkt|cmail|convertkit-mail|createsend|gmreg|hsms|hubspotlinks|keap-link"
    r"|klclick|list-manage|mlsend|s\d*trk|sbc|sendib[mt]|sidekickopen|sparkpostmail|strk)\d{0,10}"
    r"|t\.(?:hubspot|sidekick|signa|sena|sigo|hsms)[a-z]{0,10}\d{0,4}|streak-?links?)(?:\.[a-z]{2,10})?$"
)
